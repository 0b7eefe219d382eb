"""Files written from a comparison: tables and figures."""
