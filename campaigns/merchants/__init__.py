"""Who uses Askwell: merchants, their stores and their staff."""
