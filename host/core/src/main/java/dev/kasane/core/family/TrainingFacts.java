package dev.kasane.core.family;

import dev.kasane.core.spi.TrainingRecord;

/**
 * What a run is made of, for its checkpoints and its adapter.
 *
 * @param runHash identifies base, settings and data: a checkpoint with another one is refused
 * @param record what the adapter says about itself
 */
public record TrainingFacts(String runHash, TrainingRecord record) {}
