package dev.kasane.diffusion.scheduler;

/** A value that has a fixed spelling in {@code scheduler_config.json}. */
interface ConfigNamed {
  /** Returns the spelling in the file, such as {@code v_prediction}. */
  String configName();
}
