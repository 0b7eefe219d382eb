"""Reading of CSV, TSV and Parquet tables, and the roles of their columns."""
