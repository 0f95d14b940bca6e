//! Tables of text whose columns are aligned in a terminal.

use std::fmt;

use unicode_width::UnicodeWidthStr as _;

/// Writes the rows, each with a line break, with two spaces between columns. The column `right` is aligned to the right.
pub(crate) fn fmt_table<const COLUMNS: usize>(
    f: &mut fmt::Formatter<'_>,
    rows: &[[String; COLUMNS]],
    right: usize,
) -> fmt::Result {
    for row in rows {
        for (column, cell) in row.iter().enumerate() {
            // Formatting pads to a number of characters; a character may be two columns wide, or none.
            let widest = rows.iter().map(|row| row[column].width()).max();
            let space = " ".repeat(widest.unwrap_or(0) - cell.width());
            let is_last = column + 1 == COLUMNS;
            match (column == right, is_last) {
                (true, true) => write!(f, "{space}{cell}")?,
                (true, false) => write!(f, "{space}{cell}  ")?,
                (false, true) => f.write_str(cell)?,
                (false, false) => write!(f, "{cell}{space}  ")?,
            }
        }
        f.write_str("\n")?;
    }
    Ok(())
}
