package dev.kasane.diffusion.clip.tokenizer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the prompt syntax of the AUTOMATIC1111 web interface.
 *
 * <ul>
 *   <li>{@code (text)} weighs 1.1 times, {@code [text]} 1 / 1.1 times, {@code (text:1.3)} 1.3 times as much;
 *       nested weights multiply.
 *   <li>{@code \(}, {@code \)}, {@code \[}, {@code \]} and {@code \\} are the characters themselves; a
 *       backslash before anything else vanishes.
 *   <li>{@code BREAK}, in capitals and as a word of its own, starts a new chunk; white space around it is
 *   dropped.
 *   <li>A bracket left open weighs what follows it; a closing one without an opening one is text.
 * </ul>
 *
 * <p>Nothing is an error. Brackets within more than {@value #DEEPEST} others of their kind weigh nothing: what that
 * many multiply has long reached a bound. Where the web interface fails or slips, this is what happens: a weight that
 * is no number ({@code (a:1.2.3)}) is text within plain brackets, {@code BREAK} within brackets breaks too, and
 * weights are held to plus or minus {@value #WEIGHT_LIMIT}.
 */
public final class PromptParser {
  /** No useful weight comes near; it keeps absurd ones from becoming infinite. */
  static final double WEIGHT_LIMIT = 1e6;

  /** So that the work grows with a prompt's length, and not with its square. */
  static final int DEEPEST = 256;

  private static final int WEIGHTLESS = Integer.MAX_VALUE;
  private static final double ROUND = 1.1;
  private static final double SQUARE = 1 / 1.1;
  private static final Pattern LEXEME = Pattern.compile(
      "\\\\(?<escaped>[()\\[\\]\\\\]?)"
          + "|:\\s*(?<weight>[+-]?[.\\d]+)\\s*\\)"
          + "|(?<bracket>[()\\[\\]])"
          + "|(?<text>[^\\\\()\\[\\]:]+|:)", Pattern.UNICODE_CHARACTER_CLASS);
  private static final Pattern BREAK = Pattern.compile("\\bBREAK\\b", Pattern.UNICODE_CHARACTER_CLASS);

  private final List<Draft> drafts = new ArrayList<>();
  private final Deque<Integer> openRound = new ArrayDeque<>();
  private final Deque<Integer> openSquare = new ArrayDeque<>();

  /** A piece whose weight is not known yet; a null text is a break. */
  private static final class Draft {
    private final String text;
    private double weight = 1;

    Draft(String text) {
      this.text = text;
    }
  }

  private PromptParser() {
  }

  /**
   * The pieces of a prompt in order: at least one; no two texts of equal weight next to each other.
   *
   * @param prompt any string
   */
  public static List<PromptPiece> parse(String prompt) {
    PromptParser parser = new PromptParser();
    Matcher lexeme = LEXEME.matcher(prompt);
    while (lexeme.find()) {
      parser.read(lexeme);
    }
    parser.openRound.forEach(start -> parser.multiplyFrom(start, ROUND));
    parser.openSquare.forEach(start -> parser.multiplyFrom(start, SQUARE));
    if (parser.drafts.isEmpty()) {
      parser.drafts.add(new Draft(""));
    }
    return parser.joinEqualWeights();
  }

  private void read(Matcher lexeme) {
    if (lexeme.group("escaped") != null) {
      drafts.add(new Draft(lexeme.group("escaped")));
    } else if (lexeme.group("weight") != null) {
      readWeight(lexeme.group(), lexeme.group("weight"));
    } else if (lexeme.group("bracket") != null) {
      readBracket(lexeme.group("bracket"));
    } else {
      addText(lexeme.group("text"));
    }
  }

  private void readWeight(String lexeme, String number) {
    Optional<Double> weight = parseNumber(number);
    if (openRound.isEmpty()) {
      addText(lexeme);
    } else if (weight.isPresent()) {
      multiplyFrom(openRound.pop(), weight.get());
    } else {
      addText(lexeme.substring(0, lexeme.length() - 1));
      multiplyFrom(openRound.pop(), ROUND);
    }
  }

  private void readBracket(String bracket) {
    boolean round = "()".contains(bracket);
    Deque<Integer> open = round ? openRound : openSquare;
    if ("([".contains(bracket)) {
      open.push(open.size() < DEEPEST ? drafts.size() : WEIGHTLESS);
    } else if (open.isEmpty()) {
      addText(bracket);
    } else {
      multiplyFrom(open.pop(), round ? ROUND : SQUARE);
    }
  }

  private void addText(String text) {
    Matcher found = BREAK.matcher(text);
    int from = 0;
    while (found.find()) {
      String before = text.substring(from, found.start()).stripTrailing();
      drafts.add(new Draft(from == 0 ? before : before.stripLeading()));
      drafts.add(new Draft(null));
      from = found.end();
    }
    drafts.add(new Draft(from == 0 ? text : text.substring(from).stripLeading()));
  }

  private void multiplyFrom(int start, double factor) {
    if (start == WEIGHTLESS) {
      return;
    }
    double finite = limit(factor);
    for (Draft draft : drafts.subList(start, drafts.size())) {
      draft.weight = limit(draft.weight * finite);
    }
  }

  private static double limit(double weight) {
    return Math.max(-WEIGHT_LIMIT, Math.min(WEIGHT_LIMIT, weight));
  }

  /** Decimal digits of any script count, as full-width ones typed with a Japanese keyboard. */
  private static Optional<Double> parseNumber(String number) {
    StringBuilder ascii = new StringBuilder();
    number.codePoints().forEach(codePoint -> {
      int digit = Character.digit(codePoint, 10);
      ascii.append(digit < 0 ? Character.toString(codePoint) : Integer.toString(digit));
    });
    try {
      return Optional.of(Double.parseDouble(ascii.toString()));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private List<PromptPiece> joinEqualWeights() {
    List<PromptPiece> pieces = new ArrayList<>();
    int at = 0;
    while (at < drafts.size()) {
      Draft first = drafts.get(at);
      if (first.text == null) {
        pieces.add(new ChunkBreak());
        at++;
        continue;
      }
      StringBuilder text = new StringBuilder();
      while (at < drafts.size() && drafts.get(at).text != null && drafts.get(at).weight == first.weight) {
        text.append(drafts.get(at++).text);
      }
      pieces.add(new WeightedText(text.toString(), first.weight));
    }
    return List.copyOf(pieces);
  }
}
