"""Price list, charges, invoices, payments and claims."""
