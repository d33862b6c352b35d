package dev.kasane.text.tokenizer.check;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the regular expressions of tokenisers, which are in Oniguruma's language. What is read otherwise than that
 * library would is refused: the part of the language that published tokenisers use has no such places.
 */
final class RegexReader {
  private static final int LONGEST = 20_000;
  private static final int DEEPEST = 30;
  private static final int MOST_REPEATS = 1_000;
  private static final Pattern COUNTS = Pattern.compile("\\{(\\d{0,4})(,?)(\\d{0,4})}");
  private static final Pattern GROUP =
      Pattern.compile("\\((?:\\?(?:[:>]|<[A-Za-z_]\\w*>|[ims]*(?:-[ims]+)?:))?(?![?*])");
  private static final Pattern CONDITION = Pattern.compile("\\(\\?(<?)[=!]");
  /** Letters after a backslash that stand for one character. */
  private static final String CHARACTERS = "dDsSwWhHpPnrtfvaexu";
  private static final String PLACES = "bBAzZ";

  private final String pattern;
  private int at;
  /** Whether small and capital letters count as the same here. */
  private boolean folding;

  private RegexReader(String pattern) {
    this.pattern = pattern;
  }

  /**
   * Reads a pattern.
   *
   * @throws IllegalArgumentException that says what is unknown here, in words that follow "the pattern"
   */
  static RegexNode read(String pattern) {
    if (pattern.length() > LONGEST) {
      throw new IllegalArgumentException("has " + pattern.length() + " characters, where none known has " + LONGEST);
    }
    RegexReader reader = new RegexReader(pattern);
    Matcher flags = Pattern.compile("\\(\\?[ims]+\\)").matcher(pattern);
    if (flags.lookingAt()) {
      reader.at = flags.end();
      reader.folding = flags.group().contains("i");
    }
    RegexNode whole = reader.choice(0);
    if (reader.at < pattern.length()) {
      throw new IllegalArgumentException("closes a group that is not open");
    }
    return whole;
  }

  private RegexNode choice(int depth) {
    if (depth > DEEPEST) {
      throw new IllegalArgumentException("nests groups more than " + DEEPEST + " deep");
    }
    List<RegexNode> alternatives = new ArrayList<>();
    do {
      alternatives.add(sequence(depth));
    } while (skip('|'));
    return new RegexNode.Choice(alternatives);
  }

  private RegexNode sequence(int depth) {
    List<RegexNode> items = new ArrayList<>();
    while (at < pattern.length() && pattern.charAt(at) != '|' && pattern.charAt(at) != ')') {
      items.add(repeated(item(depth)));
    }
    return new RegexNode.Sequence(items);
  }

  private RegexNode item(int depth) {
    char next = pattern.charAt(at);
    if (next == '(') {
      return group(depth);
    }
    if (next == '^' || next == '$') {
      at++;
      return new RegexNode.Place(nothing());
    }
    if (next == '\\' && at + 1 < pattern.length() && PLACES.indexOf(pattern.charAt(at + 1)) >= 0) {
      at += 2;
      return new RegexNode.Place(nothing());
    }
    if ("*+?".indexOf(next) >= 0) {
      throw new IllegalArgumentException("has a " + next + " with nothing before it");
    }
    CharacterSet set = next == '[' ? characterClass(depth) : next == '\\' ? escape(false) : literal();
    return new RegexNode.One(folding ? CharacterSet.UNKNOWN : set);
  }

  private CharacterSet literal() {
    int character = pattern.codePointAt(at);
    at += Character.charCount(character);
    return character == '.' ? CharacterSet.UNKNOWN : CharacterSet.of(character);
  }

  private RegexNode group(int depth) {
    Matcher condition = matcher(CONDITION);
    Matcher group = matcher(GROUP);
    boolean isCondition = condition.lookingAt();
    if (!isCondition && !group.lookingAt()) {
      throw unknown("the group '" + pattern.substring(at, Math.min(pattern.length(), at + 4)) + "'");
    }
    boolean outside = folding;
    folding |= !isCondition && group.group().contains("i");
    at = isCondition ? condition.end() : group.end();
    RegexNode inner = choice(depth + 1);
    folding = outside;
    if (!skip(')')) {
      throw new IllegalArgumentException("opens a group that it does not close");
    }
    if (isCondition && !condition.group(1).isEmpty() && RegexCost.repeatsWithoutEnd(inner)) {
      throw new IllegalArgumentException("looks back without end");
    }
    return isCondition ? new RegexNode.Place(inner) : inner;
  }

  private CharacterSet escape(boolean inClass) {
    if (at + 1 == pattern.length()) {
      throw new IllegalArgumentException("ends with a backslash");
    }
    int letter = pattern.codePointAt(at + 1);
    boolean plain = letter < 128 && !Character.isLetterOrDigit(letter);
    if (!plain && CHARACTERS.indexOf(letter) < 0 && !(inClass && letter == 'b')) {
      throw unknown("\\" + Character.toString(letter));
    }
    at += 2;
    if ("pPxu".indexOf(letter) < 0) {
      return plain ? CharacterSet.of(letter) : CharacterSet.escape(letter);
    }
    Matcher name = matcher(Pattern.compile("\\{[\\w^ -]*}|[0-9A-Fa-f]{2,4}"));
    if (!name.lookingAt()) {
      throw unknown("\\" + Character.toString(letter));
    }
    at = letter == 'x' && !pattern.startsWith("{", at) ? at + 2 : name.end();
    return letter == 'p' || letter == 'P' ? property(name.group(), letter == 'P') : CharacterSet.UNKNOWN;
  }

  private static CharacterSet property(String name, boolean negated) {
    boolean turned = name.startsWith("{^");
    CharacterSet set = CharacterSet.category(name.replaceAll("[{^}]", ""));
    return negated == turned ? set : set.negated();
  }

  /** Reads a class of characters, which may hold others. */
  private CharacterSet characterClass(int depth) {
    if (depth > DEEPEST) {
      throw new IllegalArgumentException("nests classes more than " + DEEPEST + " deep");
    }
    at++;
    boolean negated = skip('^');
    if (pattern.startsWith("]", at)) {
      throw unknown("a class that begins with ]");
    }
    CharacterSet all = CharacterSet.NONE.negated();
    CharacterSet set = CharacterSet.NONE;
    boolean named = pattern.startsWith(":", at);
    while (at < pattern.length() && pattern.charAt(at) != ']') {
      if (pattern.startsWith("&&", at)) {
        at += 2;
        all = all.and(set);
        set = CharacterSet.NONE;
      } else {
        set = set.or(classPart(depth));
      }
    }
    if (!skip(']')) {
      throw new IllegalArgumentException("opens a class of characters that it does not close");
    }
    CharacterSet whole = named ? CharacterSet.UNKNOWN : all.and(set);
    return negated ? whole.negated() : whole;
  }

  /** A character, a range of them, or a class within a class. */
  private CharacterSet classPart(int depth) {
    if (pattern.charAt(at) == '[') {
      return characterClass(depth + 1);
    }
    boolean literal = pattern.charAt(at) != '\\';
    int from = pattern.codePointAt(at);
    CharacterSet part = literal ? CharacterSet.of(from) : escape(true);
    at += literal ? Character.charCount(from) : 0;
    if (!pattern.startsWith("-", at) || at + 1 >= pattern.length() || "]\\[".indexOf(pattern.charAt(at + 1)) >= 0) {
      // A range whose end is written otherwise is not reckoned out.
      return pattern.startsWith("-\\", at) || !literal && pattern.startsWith("-", at) ? CharacterSet.UNKNOWN : part;
    }
    int to = pattern.codePointAt(at + 1);
    at += 1 + Character.charCount(to);
    return literal && from <= to ? CharacterSet.range(from, to) : CharacterSet.UNKNOWN;
  }

  private RegexNode repeated(RegexNode item) {
    RegexNode repeated = item;
    while (at < pattern.length()) {
      Matcher counts = matcher(COUNTS);
      if (pattern.charAt(at) == '?' || pattern.charAt(at) == '*' || pattern.charAt(at) == '+') {
        char sign = pattern.charAt(at++);
        repeated = new RegexNode.Repeat(repeated, sign == '+' ? 1 : 0, sign == '?' ? 1 : RegexNode.UNBOUNDED);
        // Lazily or for good: neither takes more steps.
        at += at < pattern.length() && (pattern.charAt(at) == '?' || pattern.charAt(at) == '+') ? 1 : 0;
      } else if (counts.lookingAt() && !(counts.group(1) + counts.group(3)).isEmpty()) {
        at = counts.end();
        repeated = counted(repeated, counts);
      } else {
        break;
      }
    }
    return repeated;
  }

  private static RegexNode counted(RegexNode item, Matcher counts) {
    int least = counts.group(1).isEmpty() ? 0 : Integer.parseInt(counts.group(1));
    int most = counts.group(2).isEmpty() ? least
        : counts.group(3).isEmpty() ? RegexNode.UNBOUNDED : Integer.parseInt(counts.group(3));
    if (least > MOST_REPEATS || most != RegexNode.UNBOUNDED && most > MOST_REPEATS || most < least) {
      throw new IllegalArgumentException("repeats an item " + counts.group() + " times, expected at most "
          + MOST_REPEATS);
    }
    return new RegexNode.Repeat(item, least, most);
  }

  private Matcher matcher(Pattern part) {
    return part.matcher(pattern).region(at, pattern.length());
  }

  private boolean skip(char expected) {
    boolean there = at < pattern.length() && pattern.charAt(at) == expected;
    at += there ? 1 : 0;
    return there;
  }

  private static RegexNode nothing() {
    return new RegexNode.Sequence(List.of());
  }

  private static IllegalArgumentException unknown(String what) {
    return new IllegalArgumentException("uses " + what + ", which this program does not know");
  }
}
