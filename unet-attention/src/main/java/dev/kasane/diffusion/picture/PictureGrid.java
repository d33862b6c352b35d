package dev.kasane.diffusion.picture;

import dev.kasane.core.UserException;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;

/**
 * Lays pictures of one size out as a table with titles, for example one row a prompt with the columns
 * "before" and "after".
 *
 * @param columnTitles one a column, or none at all
 * @param rowTitles one a row, or none at all
 */
public record PictureGrid(List<String> columnTitles, List<String> rowTitles) {
  private static final int GAP = 6;
  private static final int NARROWEST_ROW_TITLE = 120;

  public PictureGrid {
    columnTitles = List.copyOf(columnTitles);
    rowTitles = List.copyOf(rowTitles);
  }

  /**
   * Draws the table on white. Titles wrap to the width of a cell and make room for themselves.
   *
   * @param rows rows of equally many pictures of one size
   * @throws IllegalArgumentException if rows, sizes or titles do not fit together
   * @throws UserException if there are titles and Java finds no font to draw them with
   */
  public Picture render(List<List<Picture>> rows) {
    check(rows);
    Picture first = rows.get(0).get(0);
    try {
      return Picture.of(draw(rows, first.width(), first.height()));
    } catch (InternalError | LinkageError e) {
      // How Java tells that the system has no fontconfig, no FreeType or no font at all.
      throw new UserException("the titles of a picture grid cannot be drawn, since Java finds no font ("
          + e.getMessage() + "); install fontconfig and a font, for example the packages fontconfig and "
          + "fonts-dejavu-core", e);
    }
  }

  private void check(List<List<Picture>> rows) {
    if (rows.isEmpty() || rows.get(0).isEmpty()) {
      throw new IllegalArgumentException("a grid needs at least one picture");
    }
    int columns = rows.get(0).size();
    Picture first = rows.get(0).get(0);
    boolean even = rows.stream().allMatch(row -> row.size() == columns && row.stream().allMatch(
        p -> p.width() == first.width() && p.height() == first.height()));
    if (!even) {
      throw new IllegalArgumentException("the rows of a grid must have equally many pictures of one size");
    }
    if (!columnTitles.isEmpty() && columnTitles.size() != columns
        || !rowTitles.isEmpty() && rowTitles.size() != rows.size()) {
      throw new IllegalArgumentException(columnTitles.size() + " column and " + rowTitles.size()
          + " row titles do not fit a grid of " + columns + " columns and " + rows.size() + " rows");
    }
  }

  private BufferedImage draw(List<List<Picture>> rows, int width, int height) {
    int left = rowTitles.isEmpty() ? 0 : Math.max(NARROWEST_ROW_TITLE, Math.min(width, 256)) + GAP;
    List<List<String>> columnLines = wrapAll(columnTitles, width);
    List<List<String>> rowLines = wrapAll(rowTitles, left - GAP);
    int lineHeight = columnTitles.isEmpty() && rowTitles.isEmpty() ? 0 : metrics().getHeight();
    int top = lineHeight * mostLines(columnLines) + (columnTitles.isEmpty() ? 0 : GAP);
    int cell = Math.max(height, lineHeight * mostLines(rowLines));
    int columns = rows.get(0).size();
    BufferedImage canvas = new BufferedImage(
        GAP + left + columns * (width + GAP), GAP + top + rows.size() * (cell + GAP),
        BufferedImage.TYPE_3BYTE_BGR);
    Graphics2D graphics = canvas.createGraphics();
    prepare(graphics, canvas, lineHeight > 0);
    for (int c = 0; c < columnLines.size(); c++) {
      drawLines(graphics, columnLines.get(c), GAP + left + c * (width + GAP), GAP, width, true);
    }
    for (int r = 0; r < rows.size(); r++) {
      int y = GAP + top + r * (cell + GAP);
      if (!rowLines.isEmpty()) {
        drawLines(graphics, rowLines.get(r), GAP, y, left - GAP, false);
      }
      for (int c = 0; c < columns; c++) {
        graphics.drawImage(rows.get(r).get(c).toImage(), GAP + left + c * (width + GAP), y, null);
      }
    }
    graphics.dispose();
    return canvas;
  }

  private static void prepare(Graphics2D graphics, BufferedImage canvas, boolean text) {
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, canvas.getWidth(), canvas.getHeight());
    graphics.setColor(Color.BLACK);
    if (text) {
      graphics.setFont(font());
      graphics.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    }
  }

  private static void drawLines(
      Graphics2D graphics, List<String> lines, int x, int y, int width, boolean centred) {
    FontMetrics metrics = graphics.getFontMetrics();
    int baseline = y + metrics.getAscent();
    for (String line : lines) {
      int indent = centred ? Math.max(0, (width - metrics.stringWidth(line)) / 2) : 0;
      graphics.drawString(line, x + indent, baseline);
      baseline += metrics.getHeight();
    }
  }

  private static List<List<String>> wrapAll(List<String> titles, int width) {
    if (titles.isEmpty()) {
      return List.of();
    }
    FontMetrics metrics = metrics();
    return titles.stream().map(title -> wrap(title, width, metrics)).toList();
  }

  /** Lines no wider than the width: broken at blanks, and inside a word only where it is wider by itself. */
  static List<String> wrap(String title, int width, FontMetrics metrics) {
    List<String> lines = new ArrayList<>();
    String line = "";
    for (String word : title.strip().split("\\s+")) {
      String longer = line.isEmpty() ? word : line + " " + word;
      if (metrics.stringWidth(longer) <= width) {
        line = longer;
        continue;
      }
      if (!line.isEmpty()) {
        lines.add(line);
      }
      line = word;
      while (metrics.stringWidth(line) > width && line.codePointCount(0, line.length()) > 1) {
        int end = fitting(line, width, metrics);
        lines.add(line.substring(0, end));
        line = line.substring(end);
      }
    }
    lines.add(line);
    return lines;
  }

  private static int fitting(String word, int width, FontMetrics metrics) {
    int end = word.offsetByCodePoints(0, 1);
    while (end < word.length()
        && metrics.stringWidth(word.substring(0, word.offsetByCodePoints(end, 1))) <= width) {
      end = word.offsetByCodePoints(end, 1);
    }
    return end;
  }

  private static int mostLines(List<List<String>> titles) {
    return titles.stream().mapToInt(List::size).max().orElse(0);
  }

  private static Font font() {
    return new Font(Font.SANS_SERIF, Font.PLAIN, 13);
  }

  private static FontMetrics metrics() {
    BufferedImage canvas = new BufferedImage(1, 1, BufferedImage.TYPE_3BYTE_BGR);
    Graphics2D graphics = canvas.createGraphics();
    try {
      return graphics.getFontMetrics(font());
    } finally {
      graphics.dispose();
    }
  }
}
