package dev.kasane.core.family;

import java.util.Map;

/**
 * What a run is made of, for its checkpoints and its adapter.
 *
 * @param runHash identifies base, settings and data: a checkpoint with another one is refused
 * @param metadata what the adapter says about itself
 */
public record TrainingFacts(String runHash, Map<String, String> metadata) {}
