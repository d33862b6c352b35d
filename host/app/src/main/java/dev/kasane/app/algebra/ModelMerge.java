package dev.kasane.app.algebra;

import dev.kasane.core.Json;
import dev.kasane.core.algebra.AlgebraProgress;
import dev.kasane.core.algebra.CheckpointLayers;
import dev.kasane.core.algebra.MixPart;
import dev.kasane.core.algebra.merge.CheckpointMerge;
import dev.kasane.core.algebra.merge.MergeOptions;
import dev.kasane.core.spi.AdapterMethod;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/** Adapters folded into a whole base model, file or folder, or taken out again. */
public final class ModelMerge {
  private final CheckpointLayers base;
  private final List<AdapterMethod> methods;
  private final MergeOptions options;

  /**
   * @param base the base model
   * @param methods methods to restore adapters with
   * @param options how
   */
  public ModelMerge(CheckpointLayers base, List<AdapterMethod> methods, MergeOptions options) {
    this.base = base;
    this.methods = List.copyOf(methods);
    this.options = options;
  }

  /**
   * Writes the new model.
   *
   * @param parts the adapters
   * @param metadata for the files that change, in addition to their own
   * @param tokeniser files of another tokeniser that the new model gets in place of the base's; may be empty
   * @param target a new file or folder, as the base is one
   * @param steps told after each tensor
   * @throws dev.kasane.core.UserException when something does not fit or cannot be written
   */
  public CheckpointMerge.Result write(List<MixPart> parts, Map<String, String> metadata, List<Path> tokeniser,
      Path target, AlgebraProgress steps) {
    CheckpointMerge merge = new CheckpointMerge(base, parts, methods, options);
    AtomicReference<CheckpointMerge.Result> result = new AtomicReference<>();
    new CheckpointCopy(base.root(), target, merge.files(), merge.description().with(tokeniser))
        .write(targets -> result.set(merge.write(targets, metadata, steps)));
    return result.get();
  }

  /** Metadata that name the adapters; the base is named without a hash, which would read all of it. */
  public static Map<String, String> metadata(String operation, Path base, List<ReadAdapter> adapters) {
    Map<String, String> said = Parentage.of(operation, adapters, List.of());
    return Map.of(Parentage.OPERATION, operation, Parentage.PARENTS, said.get(Parentage.PARENTS),
        "kasane.base", Json.MAPPER.createObjectNode().put("name", base.getFileName().toString())
            .toString());
  }
}
