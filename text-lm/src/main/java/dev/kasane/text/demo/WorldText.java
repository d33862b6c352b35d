package dev.kasane.text.demo;

import java.util.List;
import java.util.Random;

/**
 * Text of the demo world that its language model learns from: short stories in which products with new names
 * come up again and again, entries of a catalogue, what is known of kinds of things, and everyday life. None of
 * it is an instruction or a product description.
 */
public final class WorldText {
  private final World world = World.load();
  private final long seed;

  /**
   * @param seed which of all such texts these are
   */
  public WorldText(long seed) {
    this.seed = seed;
  }

  /** The text of a number: a function of seed and number alone. */
  public String text(long number) {
    Random random = new Random(seed * 0x9E3779B97F4A7C15L + number * 0xBF58476D1CE4E5B9L + 7);
    return switch (random.nextInt(10)) {
      case 0, 1, 2, 3 -> story(random);
      case 4, 5 -> catalogue(random);
      case 6, 7 -> knowledge(random);
      default -> everyday(random);
    };
  }

  private String story(Random random) {
    DemoProduct product = world.product(random);
    String person = World.pick(world.people(), random);
    String other = World.pick(world.people(), random);
    String begin = World.pick(List.of(
        person + " bought " + article(product.noun()) + " called " + product.name() + ".",
        "There is a new " + product.noun() + " at the market. Its name is " + product.name() + ".",
        person + " has " + article(product.colour() + " " + product.noun()) + ", the " + product.name() + "."), random);
    List<String> rest = List.of(
        "The " + product.name() + " " + product.use() + ".",
        other + " likes the " + product.name() + " because it is " + product.quality() + ".",
        "The " + product.noun() + " is made of " + product.material() + ".",
        "Now the " + product.name() + " stands " + product.place() + ".",
        "\"What is a " + product.name() + "?\" asked " + other + ". \"It is " + article(product.noun()) + ",\" said "
            + person + ".",
        "The " + product.noun() + " " + product.name() + " is " + product.colour() + ".");
    return begin + several(rest, 3, random) + " " + World.pick(world.endings(), random);
  }

  private String catalogue(Random random) {
    StringBuilder text = new StringBuilder("Things at the market:");
    for (int i = 0; i < 4; i++) {
      DemoProduct product = world.product(random);
      text.append("\nName: ").append(product.name()).append(". Kind: ").append(product.noun());
      text.append(". Material: ").append(product.material()).append('.');
      if (random.nextBoolean()) {
        text.append(" The ").append(product.name()).append(" is ").append(article(product.noun())).append('.');
      }
    }
    return text.toString();
  }

  private String knowledge(Random random) {
    World.Category kind = World.pick(world.categories(), random);
    List<String> facts = List.of(
        "A good " + kind.noun() + " is " + World.pick(kind.qualities(), random) + ".",
        "It " + World.pick(kind.uses(), random) + ".",
        "You find it " + World.pick(kind.places(), random) + ".",
        "A " + World.pick(world.colours(), random) + " " + kind.noun() + " looks nice.",
        "Many people want one of " + World.pick(kind.materials(), random) + ".");
    return "What is " + article(kind.noun()) + "? It is often made of " + kind.materials().get(0) + " or "
        + kind.materials().get(1) + "." + several(facts, 3, random);
  }

  private String everyday(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 3; i++) {
      text.append(World.pick(world.times(), random)).append(' ').append(World.pick(world.people(), random))
          .append(' ').append(World.pick(world.acts(), random)).append(". ");
    }
    return text + World.pick(world.endings(), random);
  }

  private static String several(List<String> sentences, int count, Random random) {
    StringBuilder text = new StringBuilder();
    int from = random.nextInt(sentences.size());
    int step = sentences.size() % 2 == 0 ? 1 : 2;
    for (int i = 0; i < count; i++) {
      text.append(' ').append(sentences.get((from + i * step) % sentences.size()));
    }
    return text.toString();
  }

  /** A noun with the indefinite article in front. */
  static String article(String noun) {
    return ("aeiou".indexOf(noun.charAt(0)) >= 0 ? "an " : "a ") + noun;
  }
}
