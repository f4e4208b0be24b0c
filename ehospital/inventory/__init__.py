"""Items, lots, the stock ledger, suppliers and purchase orders."""
