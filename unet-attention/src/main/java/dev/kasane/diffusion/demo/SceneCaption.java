package dev.kasane.diffusion.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.LongStream;

/**
 * Puts scenes into words: lower-case English without a full stop.
 *
 * <p>Every caption is true of its picture. {@link #full} names all five choices in one fixed order; {@link
 * #varied} also says them in other words and, three times in ten, leaves some out, so that a model learns to
 * draw from short prompts.
 */
public final class SceneCaption {
  private static final double SHORT_SHARE = 0.3;
  private static final long CAPTION_STREAM = 0xCA9;
  private static final String[] COUNTS = {"one", "two", "three"};

  private SceneCaption() {}

  /** All five choices: {@code "three red mushrooms in a meadow on a sunny day"}. */
  public static String full(Scene scene) {
    return subject(scene) + " " + scene.place().phrase() + " " + scene.weather().phrase();
  }

  /** One of the caption's paraphrases or short forms, chosen by {@code seed}. */
  public static String varied(Scene scene, long seed) {
    Random random = Seeds.random(seed, CAPTION_STREAM);
    List<String> choices = random.nextDouble() < SHORT_SHARE ? shortForms(scene) : paraphrases(scene);
    return choices.get(random.nextInt(choices.size()));
  }

  /** Captions that name everything in the scene, the {@link #full} one first. */
  public static List<String> paraphrases(Scene scene) {
    String subject = subject(scene);
    String place = scene.place().phrase();
    String weather = scene.weather().phrase();
    List<String> captions = new ArrayList<>();
    captions.add(full(scene));
    captions.add(subject + " " + place + ", " + scene.weather().keyword());
    captions.add(subject + " " + weather + " " + place);
    captions.add(weather + ", " + subject + " " + place);
    captions.add("a picture of " + full(scene));
    if (scene.count() == 1) {
      captions.add("one " + scene.colour().word() + " " + scene.kind().noun(1) + " " + place + " " + weather);
    }
    return captions;
  }

  /** Captions that leave out the colour, the place, the weather or several of them, never the object. */
  public static List<String> shortForms(Scene scene) {
    String subject = subject(scene);
    String colourless = counted(scene.count(), scene.kind().noun(scene.count()));
    String place = scene.place().phrase();
    return List.of(
        subject,
        subject + " " + place,
        subject + ", " + scene.weather().keyword(),
        subject + " " + scene.weather().phrase(),
        colourless + " " + place,
        colourless + " " + place + " " + scene.weather().phrase());
  }

  /** Every word that captions use, sorted, each once, without punctuation. */
  public static List<String> allWords() {
    TreeSet<String> words = new TreeSet<>();
    for (ObjectKind kind : ObjectKind.values()) {
      for (SceneColour colour : SceneColour.values()) {
        for (int count = 1; count <= Scene.MAX_COUNT; count++) {
          for (Place place : Place.values()) {
            addWords(words, new Scene(kind, colour, count, place, Weather.SUNNY));
          }
        }
      }
    }
    for (Weather weather : Weather.values()) {
      addWords(words, new Scene(ObjectKind.BALL, SceneColour.RED, 1, Place.SEA, weather));
    }
    return List.copyOf(words);
  }

  /** {@code size} varied captions of training scenes, for training the tokeniser. */
  public static List<String> corpus(long seed, int size) {
    SceneGenerator scenes = new SceneGenerator(seed);
    return LongStream.range(0, size).mapToObj(index -> varied(scenes.scene(index), seed + index)).toList();
  }

  private static void addWords(TreeSet<String> words, Scene scene) {
    for (String caption : paraphrases(scene)) {
      words.addAll(List.of(caption.split("[ ,]+")));
    }
    for (String caption : shortForms(scene)) {
      words.addAll(List.of(caption.split("[ ,]+")));
    }
  }

  private static String subject(Scene scene) {
    return counted(scene.count(), scene.colour().word() + " " + scene.kind().noun(scene.count()));
  }

  private static String counted(int count, String phrase) {
    if (count > 1) {
      return COUNTS[count - 1] + " " + phrase;
    }
    boolean vowel = "aeiou".indexOf(phrase.charAt(0)) >= 0;
    return (vowel ? "an " : "a ") + phrase;
  }
}
