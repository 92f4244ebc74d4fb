"""The tables that CMS and CDC publish, in their real layouts: read row by row, a bad row named by its place."""
