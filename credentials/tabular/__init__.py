"""Tables as text: CSV that people and spreadsheets made, read row by row; and CSV that a spreadsheet may open. Pure."""
