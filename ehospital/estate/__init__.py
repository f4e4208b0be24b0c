"""Sites, wards, rooms, beds and who lies in them."""
