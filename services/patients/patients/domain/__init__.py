"""Who is treated, who pays, and which coverage pays first."""
