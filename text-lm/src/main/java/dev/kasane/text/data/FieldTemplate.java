package dev.kasane.text.data;

import dev.kasane.core.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A template that a user gives: text with {@code {field}} holes. Everything from the last hole on is the answer.
 * Doubled braces stand for themselves.
 */
final class FieldTemplate implements ExampleTemplate {
  private static final Pattern TOKEN = Pattern.compile("\\{\\{|\\}\\}|\\{([^{}]+)\\}");

  /** A text as it stands, or the name of a field. */
  private record Piece(String text, boolean field) {}

  private final List<Piece> pieces;
  private final int answer;

  private FieldTemplate(List<Piece> pieces, int answer) {
    this.pieces = pieces;
    this.answer = answer;
  }

  /**
   * @throws UserException when the text has no hole, so that it can be neither a template nor a name
   */
  static FieldTemplate parse(String text) {
    List<Piece> pieces = new ArrayList<>();
    int answer = -1;
    int from = 0;
    Matcher matcher = TOKEN.matcher(text);
    while (matcher.find()) {
      pieces.add(new Piece(text.substring(from, matcher.start()), false));
      from = matcher.end();
      if (matcher.group(1) == null) {
        pieces.add(new Piece(matcher.group().substring(1), false));
      } else {
        answer = pieces.size();
        pieces.add(new Piece(matcher.group(1).trim(), true));
      }
    }
    pieces.add(new Piece(text.substring(from), false));
    if (answer < 0) {
      throw new UserException("Option «template» is '" + text + "'. It takes "
          + String.join(", ", ExampleTemplates.NAMES)
          + ", or a text with {field} holes, such as \"Q: {question}\\nA: {answer}\".");
    }
    return new FieldTemplate(pieces, answer);
  }

  @Override
  public TemplateText of(TextRecord record) {
    StringBuilder prompt = new StringBuilder();
    StringBuilder said = new StringBuilder();
    for (int i = 0; i < pieces.size(); i++) {
      Piece piece = pieces.get(i);
      (i < answer ? prompt : said).append(i == answer ? record.learnt(piece.text())
          : piece.field() ? record.required(piece.text()) : piece.text());
    }
    return new TemplateText(List.of(new TextPart(prompt.toString(), false), new TextPart(said.toString(), true)),
        false, false, Set.of(), record.learnt(pieces.get(answer).text()).isBlank());
  }
}
