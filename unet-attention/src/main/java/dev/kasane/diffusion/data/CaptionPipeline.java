package dev.kasane.diffusion.data;

import dev.kasane.diffusion.data.batch.SeededRandom;
import dev.kasane.diffusion.data.caption.CaptionOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.regex.Pattern;

/**
 * Makes the caption of one showing of a picture: a function of seed, epoch, picture and repeat alone.
 *
 * <p>The trigger word stands before the tags, is never shuffled and falls away only with the whole caption.
 * Regularisation pictures get none, since they show what things look like without the style.
 */
public final class CaptionPipeline {
  private final CaptionOptions options;
  private final long seed;
  private final Pattern trigger;

  /**
   * @param options what to do
   * @param seed the run's seed
   */
  public CaptionPipeline(CaptionOptions options, long seed) {
    this.options = Objects.requireNonNull(options, "options");
    this.seed = seed;
    this.trigger = Pattern.compile(
        "(?<![\\p{L}\\p{N}])" + Pattern.quote(options.triggerWord()) + "(?![\\p{L}\\p{N}])",
        Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
  }

  /** What is done to captions. */
  public CaptionOptions options() {
    return options;
  }

  /**
   * The caption of one showing.
   *
   * @param picture the picture; one without caption counts as having an empty one
   * @param epoch from 0
   * @param repeat which of the picture's repeats within the epoch, from 0
   * @return the caption, empty where it was dropped
   */
  public String caption(DatasetPicture picture, long epoch, int repeat) {
    Random random = SeededRandom.of(SeededRandom.Purpose.CAPTION, seed, epoch, picture.index(), repeat);
    // Drawn first and always, so that switching the shuffle on does not change which captions are dropped.
    boolean dropped = random.nextDouble() < options.captionDropout();
    if (dropped) {
      return "";
    }
    String written = picture.caption().orElse("");
    if (!options.shuffleTags() && options.tagDropout() == 0) {
      return withTrigger(written, picture.regularisation());
    }
    return withTrigger(String.join(", ", changed(tags(written), random)), picture.regularisation());
  }

  /** The longest caption that the picture can have: everything kept, in the written order. */
  public String fullCaption(DatasetPicture picture) {
    return withTrigger(picture.caption().orElse(""), picture.regularisation());
  }

  private List<String> changed(List<String> tags, Random random) {
    int kept = (int) Math.min(tags.size(), (long) options.keepTokens() + leadingTrigger(tags));
    List<String> rest = new ArrayList<>();
    for (String tag : tags.subList(kept, tags.size())) {
      boolean drop = random.nextDouble() < options.tagDropout();
      if (!drop || hasTrigger(tag)) {
        rest.add(tag);
      }
    }
    if (options.shuffleTags()) {
      Collections.shuffle(rest, random);
    }
    List<String> changed = new ArrayList<>(tags.subList(0, kept));
    changed.addAll(rest);
    return changed;
  }

  private int leadingTrigger(List<String> tags) {
    return !tags.isEmpty() && tags.get(0).equalsIgnoreCase(options.triggerWord()) ? 1 : 0;
  }

  private boolean hasTrigger(String text) {
    return !options.triggerWord().isEmpty() && trigger.matcher(text).find();
  }

  private String withTrigger(String caption, boolean regularisation) {
    if (regularisation || options.triggerWord().isEmpty() || hasTrigger(caption)) {
      return caption;
    }
    return caption.isEmpty() ? options.triggerWord() : options.triggerWord() + ", " + caption;
  }

  private static List<String> tags(String caption) {
    return Arrays.stream(caption.split(",")).map(String::strip).filter(tag -> !tag.isEmpty()).toList();
  }
}
