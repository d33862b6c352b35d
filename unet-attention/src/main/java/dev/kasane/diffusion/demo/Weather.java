package dev.kasane.diffusion.demo;

/** The sky over a scene: a sun, clouds, a rain cloud with streaks, or moon and stars. */
public enum Weather {
  SUNNY("on a sunny day", "sunshine"),
  CLOUDY("on a cloudy day", "clouds"),
  RAINY("on a rainy day", "rain"),
  NIGHT("on a starry night", "night");

  private final String phrase;
  private final String keyword;

  Weather(String phrase, String keyword) {
    this.phrase = phrase;
    this.keyword = keyword;
  }

  /** How a sentence names it: {@code "on a rainy day"}. */
  public String phrase() {
    return phrase;
  }

  /** How a comma-separated prompt names it: {@code "rain"}. */
  public String keyword() {
    return keyword;
  }
}
