package dev.kasane.core.family;

import dev.kasane.core.UserException;
import dev.kasane.core.algebra.CheckpointLayers;
import dev.kasane.core.checkpoint.TensorSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A family of base models: everything that is known of it and of no other. Implementations are found through
 * {@link java.util.ServiceLoader} and have a public constructor without parameters.
 */
public interface ModelFamily {
  /** A short name, such as {@code text}. */
  String id();

  /** What its models are called, for a list of what is known, such as {@code language models (LlamaForCausalLM)}. */
  String title();

  /** The kinds of base that there are, none of them {@link BaseKind#UNKNOWN}. */
  List<BaseKind> kinds();

  /**
   * Which of its kinds an adapter was made for whose metadata do not say so.
   *
   * @return nothing for an adapter of another family, or where nothing tells
   */
  Optional<BaseKind> kindOf(AdapterSigns adapter);

  /**
   * Whether a model is of this family, by the names of files and by configurations alone.
   *
   * @param model a file or folder that is there
   */
  Recognition recognise(Path model);

  /**
   * The parts of a model without values.
   *
   * @param model a checkpoint's file or folder, or a {@code config.json}; weights are not needed
   * @param view makes of a file's tensors those to read, such as one that understands quantised ones
   * @throws UserException when it is missing, damaged or describes a model that is not known
   */
  BaseParts declare(Path model, UnaryOperator<TensorSource> view);

  /**
   * Where the layers that adapters change lie in a model's files.
   *
   * @return nothing when the files are of another kind of model
   * @throws UserException when they are missing or damaged
   */
  Optional<CheckpointLayers> layers(Path model);

  /**
   * What the names begin with, of all in a file that holds several parts of a model, that belong to the part which
   * adapters change and which alone is quantised.
   *
   * @return nothing when no names in the file begin so
   */
  default Optional<String> mainPart(Set<String> names) {
    return Optional.empty();
  }

  /**
   * The model that a configuration describes, for counting and forecasting.
   *
   * @param config a {@code config.json}
   * @throws UserException when it is damaged or describes a model that is not known
   */
  PlannedModel plan(Path config, PlannedRun run);
}
