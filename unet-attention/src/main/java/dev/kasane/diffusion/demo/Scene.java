package dev.kasane.diffusion.demo;

import dev.kasane.core.UserException;
import java.util.Objects;

/**
 * What a picture of the demo world shows.
 *
 * @param kind what stands there
 * @param colour the colour of every object in the scene
 * @param count how many objects, 1 to {@value #MAX_COUNT}
 * @param place where
 * @param weather the sky
 */
public record Scene(ObjectKind kind, SceneColour colour, int count, Place place, Weather weather) {
  /** The most objects a scene has. */
  public static final int MAX_COUNT = 3;

  /**
   * @throws UserException if {@code count} is out of range
   * @throws NullPointerException if any choice is missing
   */
  public Scene {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(colour, "colour");
    Objects.requireNonNull(place, "place");
    Objects.requireNonNull(weather, "weather");
    if (count < 1 || count > MAX_COUNT) {
      throw new UserException("A scene cannot have " + count + " objects: choose 1 to " + MAX_COUNT + ".");
    }
  }
}
