package dev.kasane.diffusion.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.diffusion.scheduler.SchedulerConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** One of the ways in which a base model lies on disk. */
interface BaseLayout extends AutoCloseable {
  /** A part's configuration. */
  JsonNode config(BasePart part);

  /** Where a part's configuration comes from, for messages. */
  String configOrigin(BasePart part);

  /** A part's tensors under diffusers or transformers names; closed with the layout. */
  TensorSource tensors(BasePart part);

  /** Settings of the noise schedule as JSON. */
  JsonNode schedulerJson();

  /** Settings of the noise schedule. */
  SchedulerConfig scheduler();

  /** The tokeniser's folder, if the layout has one. */
  Optional<Path> tokenizerFolder();

  /** The files that hold the weights. */
  List<Path> weightFiles();

  @Override
  void close();
}
