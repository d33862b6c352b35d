package dev.kasane.text.tokenizer.check;

import java.util.BitSet;
import java.util.List;

/**
 * The characters that a part of a regular expression takes, as far as it can be told for certain. ASCII characters are
 * told apart, of others only Unicode's general category is known.
 *
 * @param may kinds with a character that it may take
 * @param must kinds of which it takes every character
 */
record CharacterSet(BitSet may, BitSet must) {
  private static final int ASCII = 128;
  private static final int KINDS = ASCII + 31;
  /** The names of general categories in the order of Java's numbers for them. */
  private static final List<String> CATEGORIES = List.of("Cn", "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Me", "Mc", "Nd",
      "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "", "Co", "Cs", "Pd", "Ps", "Pe", "Pc", "Po", "Sm", "Sc", "Sk", "So",
      "Pi", "Pf");

  /** No character. */
  static final CharacterSet NONE = new CharacterSet(new BitSet(), new BitSet());
  /** A set of which nothing is known. */
  static final CharacterSet UNKNOWN = new CharacterSet(all(), new BitSet());

  private static BitSet all() {
    BitSet all = new BitSet();
    all.set(0, KINDS);
    return all;
  }

  /** One character. */
  static CharacterSet of(int character) {
    return range(character, character);
  }

  /** The characters from one to another, both included. */
  static CharacterSet range(int from, int to) {
    BitSet exact = new BitSet();
    exact.set(Math.min(from, ASCII), Math.max(Math.min(from, ASCII), Math.min(to + 1, ASCII)));
    BitSet may = (BitSet) exact.clone();
    if (from == to && from >= ASCII && Character.getType(from) != Character.UNASSIGNED) {
      may.set(kind(from));
    } else if (to >= ASCII) {
      may.set(ASCII, KINDS);
    }
    return new CharacterSet(may, exact);
  }

  private static int kind(int character) {
    return character < ASCII ? character : ASCII + Character.getType(character);
  }

  /** The characters of a general category or of a group of them, such as Lu or L; unknown if it is neither. */
  static CharacterSet category(String name) {
    BitSet kinds = new BitSet();
    for (int type = 0; type < CATEGORIES.size(); type++) {
      if (!name.isEmpty() && CATEGORIES.get(type).startsWith(name)) {
        kinds.set(ASCII + type);
        setAscii(kinds, type);
      }
    }
    return kinds.isEmpty() ? UNKNOWN : new CharacterSet(kinds, kinds);
  }

  private static void setAscii(BitSet kinds, int type) {
    for (int character = 0; character < ASCII; character++) {
      if (Character.getType(character) == type) {
        kinds.set(character);
      }
    }
  }

  /** What a letter after a backslash stands for: digits, spaces, parts of words and the like. */
  static CharacterSet escape(int letter) {
    return switch (letter) {
      case 'd' -> category("Nd");
      case 's' -> spaces();
      case 'w' -> words();
      case 'D', 'S', 'W' -> escape(Character.toLowerCase(letter)).negated();
      case 'n' -> of('\n');
      case 'r' -> of('\r');
      case 't' -> of('\t');
      case 'f' -> of('\f');
      case 'v' -> of(0x0B);
      case 'a' -> of(0x07);
      case 'e' -> of(0x1B);
      default -> UNKNOWN;
    };
  }

  private static CharacterSet spaces() {
    CharacterSet other = category("Z").or(range(0x85, 0x85));
    return range('\t', '\r').or(of(' ')).or(other);
  }

  /** Letters, marks and digits; libraries differ in which other numbers count. */
  private static CharacterSet words() {
    CharacterSet certain = category("L").or(category("Nd"));
    CharacterSet all = certain.or(category("M")).or(category("N")).or(category("Pc"));
    return new CharacterSet(all.may, certain.may);
  }

  /** What this or another set takes. */
  CharacterSet or(CharacterSet other) {
    return new CharacterSet(union(may, other.may), union(must, other.must));
  }

  /** What this and another set take. */
  CharacterSet and(CharacterSet other) {
    return negated().or(other.negated()).negated();
  }

  /** What this set does not take. */
  CharacterSet negated() {
    BitSet left = all();
    left.andNot(must);
    BitSet certain = all();
    certain.andNot(may);
    return new CharacterSet(left, certain);
  }

  /** Whether there may be a character that both take. */
  boolean meets(CharacterSet other) {
    return may.intersects(other.may);
  }

  private static BitSet union(BitSet a, BitSet b) {
    BitSet union = (BitSet) a.clone();
    union.or(b);
    return union;
  }
}
