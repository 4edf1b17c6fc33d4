"""Who is asked, and when: one decision for each purchase and campaign, with its reason."""
