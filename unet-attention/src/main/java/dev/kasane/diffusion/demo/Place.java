package dev.kasane.diffusion.demo;

/** Where a scene plays. Each place has its own ground, sky tint and one signature element. */
public enum Place {
  MEADOW("in a meadow"),
  DESERT("in the desert"),
  BEACH("on the beach"),
  SNOW("in the snow"),
  SEA("on the sea"),
  CITY("in the city");

  private final String phrase;

  Place(String phrase) {
    this.phrase = phrase;
  }

  /** How a caption names the place, with its preposition: {@code "in the desert"}. */
  public String phrase() {
    return phrase;
  }
}
