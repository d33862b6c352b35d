package dev.kasane.diffusion.demo;

import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFaults;
import dev.kasane.core.files.Folders;
import dev.kasane.core.files.PendingFile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/**
 * The pictures from which the README's example learns a style: {@value #COUNT} ink prints with captions.
 *
 * <p>Captions say what a picture shows, after the trigger word {@value #TRIGGER}, and nothing about the
 * style: whatever the captions do not explain is what an adapter learns to attach to the trigger.
 */
public final class SampleImages {
  /** How many pictures there are. */
  public static final int COUNT = 32;
  /** The word that calls the style up. */
  public static final String TRIGGER = "inkprint";
  /** The seed of the pictures in the repository's {@code sample-images}. */
  public static final long SEED = 7;

  private static final SceneRenderer RENDERER = new InkPainter();

  private SampleImages() {}

  /** One picture of the set with its caption. */
  public record Sample(String name, String caption, BufferedImage picture) {}

  /** The set for {@code seed}: every object, colour, count, place and weather appears, evenly. */
  public static List<Sample> render(long seed) {
    List<Scene> scenes = scenes(seed);
    return IntStream.range(0, COUNT).mapToObj(i -> sample(scenes.get(i), i, seed)).toList();
  }

  /**
   * Writes the set as {@code 001.png}, {@code 001.txt}, ... 128 pixels square. Files of those names are
   * replaced, each in one step.
   *
   * @param folder made if it is missing
   * @throws UserException if the folder cannot be written
   */
  public static void write(Path folder, long seed) {
    try {
      Folders.make(folder);
      for (Sample sample : render(seed)) {
        PendingFile.replace(folder.resolve(sample.name() + ".png"), png(sample.picture()));
        PendingFile.replace(folder.resolve(sample.name() + ".txt"), sample.caption() + "\n");
      }
    } catch (IOException problem) {
      throw new UserException("Cannot write the sample pictures to " + folder + ": "
          + FileFaults.reason(problem) + ". Choose a folder that can be written and has room.", problem);
    }
  }

  private static Sample sample(Scene scene, int position, long seed) {
    return new Sample(
        String.format(Locale.ROOT, "%03d", position + 1),
        TRIGGER + ", " + SceneCaption.full(scene),
        RENDERER.paint(scene, Seeds.mix(seed) + position, SceneRenderer.DEFAULT_SIZE));
  }

  private static List<Scene> scenes(long seed) {
    Random random = Seeds.random(seed, COUNT);
    List<Scene> scenes;
    do {
      scenes = deal(random);
    } while (scenes.stream().anyMatch(SceneGenerator::isHeldOut));
    return scenes;
  }

  private static List<Scene> deal(Random random) {
    List<ObjectKind> kinds = evenly(ObjectKind.values(), random);
    List<SceneColour> colours = evenly(SceneColour.values(), random);
    List<Integer> counts = evenly(new Integer[] {1, 2, Scene.MAX_COUNT}, random);
    List<Place> places = evenly(Place.values(), random);
    List<Weather> weathers = evenly(Weather.values(), random);
    return IntStream.range(0, COUNT)
        .mapToObj(i -> new Scene(kinds.get(i), colours.get(i), counts.get(i), places.get(i), weathers.get(i)))
        .toList();
  }

  private static <T> List<T> evenly(T[] choices, Random random) {
    List<T> dealt = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      dealt.add(choices[i % choices.length]);
    }
    Collections.shuffle(dealt, random);
    return dealt;
  }

  private static byte[] png(BufferedImage picture) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    if (!ImageIO.write(picture, "png", bytes)) {
      throw new IOException("this Java runtime has no PNG writer");
    }
    return bytes.toByteArray();
  }
}
