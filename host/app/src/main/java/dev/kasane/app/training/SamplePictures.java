package dev.kasane.app.training;

import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.diffusion.data.Picture;
import dev.kasane.diffusion.data.PictureGrid;
import dev.kasane.diffusion.data.PicturePng;
import dev.kasane.diffusion.pipeline.ImageModel;
import dev.kasane.diffusion.pipeline.PictureRequest;
import dev.kasane.diffusion.pipeline.Sampler;
import dev.kasane.diffusion.scheduler.SchedulerKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The same few prompts drawn with and without the adapters, always from the same noise. */
final class SamplePictures {
  private final ImageModel model;
  private final ImageTrainingSession.Samples settings;

  SamplePictures(ImageModel model, ImageTrainingSession.Samples settings) {
    this.model = model;
    this.settings = settings;
  }

  /** Whether there is nothing to draw. */
  boolean isEmpty() {
    return settings.prompts().isEmpty();
  }

  /** Draws every prompt with the adapters, whose dropouts are off meanwhile. */
  List<Picture> drawWith(AdapterSet adapters) {
    adapters.phase(LayerAdapter.Phase.INFERENCE);
    List<Picture> pictures = draw();
    adapters.phase(LayerAdapter.Phase.TRAINING);
    return pictures;
  }

  private List<Picture> draw() {
    List<Picture> pictures = new ArrayList<>();
    Sampler sampler = new Sampler(model);
    for (int i = 0; i < settings.prompts().size(); i++) {
      PictureRequest request = new PictureRequest(settings.prompts().get(i), "", settings.seed() + i,
          settings.steps(), settings.guidance(), settings.size(), settings.size(), SchedulerKind.DPMPP_2M, 0,
          Optional.empty());
      pictures.add(sampler.draw(request, (done, all) -> { }));
    }
    return pictures;
  }

  /** Draws every prompt as the base alone would. */
  List<Picture> drawWithout(AdapterSet adapters) {
    adapters.detach();
    List<Picture> pictures = draw();
    adapters.attach();
    return pictures;
  }

  /** Writes one row of pictures. */
  void write(List<Picture> pictures, Path file) {
    PicturePng.write(file, new PictureGrid(settings.prompts(), List.of("")).render(List.of(pictures)), Map.of());
  }

  /** Writes the base's pictures above the adapters'. */
  void writeBeforeAfter(List<Picture> before, List<Picture> after, Path file) {
    PictureGrid grid = new PictureGrid(settings.prompts(), List.of("before", "after"));
    PicturePng.write(file, grid.render(List.of(before, after)), Map.of());
  }
}
