package dev.kasane.text.demo;

/**
 * A product of the demo world.
 *
 * @param name its made-up name
 * @param category what it is
 * @param material what it is made of
 * @param quality what it is like
 * @param use what it does, as the end of a sentence
 * @param place where it belongs
 */
record DemoProduct(String name, World.Category category, String material, String colour, String quality, String use,
    String place) {
  String noun() {
    return category.noun();
  }
}
