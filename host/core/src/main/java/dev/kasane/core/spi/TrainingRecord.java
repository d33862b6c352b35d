package dev.kasane.core.spi;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How an adapter was trained, free of any format's words: each {@link AdapterFormat} says of it what its files have a
 * place for. Times of day are left out, since a resumed run has to end in the same bytes as one left alone.
 *
 * @param base what it was trained on
 * @param layers the numbered layers that it was limited to; nothing when all were meant
 * @param pictures how it was trained on pictures; nothing for a language model
 */
public record TrainingRecord(Base base, Optional<NumberedLayers> layers, Optional<Pictures> pictures) {
  /**
   * A base model.
   *
   * @param name what others may call it, never a place on this machine
   * @param kind {@code sd1}, {@code sd2}, {@code sdxl} or {@code llm}
   * @param predictsVelocity whether it predicts v and not the noise
   * @param sha256 identifies its weights, hexadecimal; nothing where they were not hashed
   * @param legacyHash the 8 digits by which early web UIs knew it
   */
  public record Base(
      String name, String kind, boolean predictsVelocity, Optional<String> sha256, Optional<String> legacyHash) {}

  /**
   * Layers by number.
   *
   * @param modules names, or ends of paths, of what is adapted in each of them
   * @param numbers counted from 0
   * @param lists names of the lists that are counted in; none means the first in a path
   */
  public record NumberedLayers(List<String> modules, Set<Integer> numbers, List<String> lists) {}

  /**
   * A run on pictures.
   *
   * @param length how long it was
   * @param rate the learning rate
   * @param maxGradientNorm 0 for no clipping
   * @param seed everything random follows from it
   * @param optimizer {@code adamw} or {@code adamw8bit}
   * @param precision type of the computation, such as {@code float32}
   * @param noise how noise was drawn and the loss weighted
   * @param clipSkip layers of the text encoder that were left out at the end
   * @param data what was trained on
   */
  public record Pictures(Length length, Rate rate, double maxGradientNorm, long seed, String optimizer,
      String precision, Noise noise, int clipSkip, Data data) {}

  /**
   * How long a run was.
   *
   * @param steps optimiser steps
   * @param epochs how often every picture was seen, begun ones counted
   * @param batchesPerEpoch batches in which every picture is seen once
   * @param batchSize pictures a batch
   * @param accumulation batches a step
   */
  public record Length(long steps, long epochs, long batchesPerEpoch, int batchSize, int accumulation) {}

  /**
   * A learning rate.
   *
   * @param peak the U-Net's, at its highest
   * @param textEncoder the text encoder's, at its highest
   * @param schedule such as {@code cosine}
   * @param warmupSteps steps in which it rises
   */
  public record Rate(double peak, double textEncoder, String schedule, long warmupSteps) {}

  /**
   * How the loss was weighted.
   *
   * @param minSnrGamma 0 for none
   * @param offset 0 for none
   * @param priorWeight weight of the prior pictures
   */
  public record Noise(double minSnrGamma, double offset, double priorWeight) {}

  /**
   * Captioned pictures.
   *
   * @param resolution side of a square of as many pixels as a picture was trained at
   * @param training number of pictures
   * @param validation number of those held back
   * @param captionDropout share of the captions that were left out
   * @param shuffledTags whether tags changed their order
   * @param triggerWord the word that was put before every caption; empty for none
   * @param tags how often each tag was shown in an epoch
   */
  public record Data(int resolution, int training, int validation, double captionDropout, boolean shuffledTags,
      String triggerWord, Map<String, Integer> tags) {}
}
