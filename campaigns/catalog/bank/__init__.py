"""The question bank: neutral questions, ready to be asked, in English that the catalogues translate."""
