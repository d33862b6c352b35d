package dev.kasane.diffusion.demo.base;

import java.util.Random;

/**
 * Made-up words in front of captions. Who trains a style puts a trigger word there that the base never saw;
 * a base that met many such words keeps drawing what the rest of the prompt says.
 */
final class StrangeWords {
  private static final String VOWELS = "aeiou";
  private static final String CONSONANTS = "bcdfghjklmnpqrstvwxyz";
  private static final int MOST_WORDS = 2;
  private static final int SHORTEST = 3;
  private static final int LONGEST = 9;

  private StrangeWords() {}

  /** The caption with one or two made-up words before it, a comma after them or not. */
  static String before(String caption, Random random) {
    StringBuilder text = new StringBuilder(word(random));
    for (int more = random.nextInt(MOST_WORDS); more > 0; more--) {
      text.append(' ').append(word(random));
    }
    return text.append(random.nextBoolean() ? ", " : " ").append(caption).toString();
  }

  private static String word(Random random) {
    int length = SHORTEST + random.nextInt(LONGEST - SHORTEST + 1);
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < length; i++) {
      String letters = random.nextInt(5) < 2 ? VOWELS : CONSONANTS;
      word.append(letters.charAt(random.nextInt(letters.length())));
    }
    return word.toString();
  }
}
