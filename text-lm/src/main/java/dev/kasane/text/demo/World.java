package dev.kasane.text.demo;

import com.fasterxml.jackson.databind.DeserializationFeature;
import dev.kasane.core.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Random;

/**
 * The small world that the demo language model knows: kinds of things, what they are made of and good for,
 * people and what they do, and the syllables of which products' names are made.
 */
record World(List<Category> categories, List<String> colours, List<String> people, List<String> times,
    List<String> acts, List<String> endings, List<String> onsets, List<String> vowels, List<String> middles,
    List<String> codas) {
  /**
   * A kind of thing.
   *
   * @param noun what it is called
   */
  record Category(String noun, List<String> materials, List<String> qualities, List<String> uses,
      List<String> places) {}

  /** Reads the world that is part of the program. */
  static World load() {
    try (InputStream in = World.class.getResourceAsStream("world.json")) {
      return Json.MAPPER.readerFor(World.class)
          .with(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES).readValue(in);
    } catch (IOException e) {
      throw new UncheckedIOException("world.json cannot be read", e);
    }
  }

  /** A product drawn at random, its name as good as new. */
  DemoProduct product(Random random) {
    Category category = pick(categories, random);
    return new DemoProduct(name(random), category, pick(category.materials(), random), pick(colours, random),
        pick(category.qualities(), random), pick(category.uses(), random), pick(category.places(), random));
  }

  /** A made-up name of two or three syllables. */
  String name(Random random) {
    String middle = random.nextInt(3) == 0 ? pick(middles, random) + pick(vowels, random) : "";
    return pick(onsets, random) + pick(vowels, random) + middle + pick(middles, random) + pick(codas, random);
  }

  static <T> T pick(List<T> choices, Random random) {
    return choices.get(random.nextInt(choices.size()));
  }
}
