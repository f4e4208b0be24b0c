"""One file per command; `ehospital.cli.main` lists them."""
