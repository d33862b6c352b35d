package dev.kasane.app.cli.train;

import dev.kasane.core.training.LearningRate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The options that a step of a run depends on: all but those that say where things go and what is shown. Where the
 * learning rate does not depend on how long a run is, no step does, so that a run can be made longer.
 */
final class DecisiveOptions {
  private static final Set<String> INDIFFERENT = Set.of("--help", "--version", "--debug", "--recipe", "--save-recipe",
      "--plugins-dir", "--base", "--data", "--out", "--name", "--overwrite", "--paged-optimizer", "--format",
      "--save-dtype", "--device", "--offload", "--checkpoint-every", "--keep-checkpoint", "--samples",
      "--sample-every");
  private static final String SCHEDULE = "--lr-schedule";
  private static final Set<String> LENGTH = Set.of("--steps", "--epochs");

  private DecisiveOptions() {}

  /**
   * Their values as text.
   *
   * @param command the command that was called
   * @param indifferent what else its result does not depend on, by the options' names
   * @param effective what stands for options that were not given
   */
  static Map<String, String> of(CommandSpec command, Set<String> indifferent, Map<String, Object> effective) {
    Map<String, String> values = new LinkedHashMap<>();
    OptionSpec schedule = command.findOption(SCHEDULE);
    boolean anyLength = schedule != null && LearningRate.Kind.CONSTANT.toString().equals(schedule.getValue());
    for (OptionSpec option : command.options()) {
      String name = option.longestName();
      if (!INDIFFERENT.contains(name) && !indifferent.contains(name) && !(anyLength && LENGTH.contains(name))) {
        Object value = option.getValue() == null ? effective.get(name) : option.getValue();
        values.put(name, String.valueOf(value));
      }
    }
    return values;
  }
}
