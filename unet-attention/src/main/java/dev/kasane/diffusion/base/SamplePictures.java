package dev.kasane.diffusion.base;

import dev.kasane.core.family.Samples;
import dev.kasane.diffusion.picture.Picture;
import dev.kasane.diffusion.picture.PictureGrid;
import dev.kasane.diffusion.picture.PicturePng;
import dev.kasane.diffusion.pipeline.ImageModel;
import dev.kasane.diffusion.pipeline.PictureRequest;
import dev.kasane.diffusion.pipeline.Sampler;
import dev.kasane.diffusion.scheduler.SchedulerKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A few prompts that are drawn, always from the same noise.
 *
 * @param model the base, with or without adapters
 * @param settings what is drawn
 */
public record SamplePictures(ImageModel model, Settings settings) implements Samples<Picture> {
  /**
   * What is drawn.
   *
   * @param prompts the prompts, empty for no pictures
   * @param steps steps of the scheduler
   * @param guidance strength of guidance
   * @param size side of the pictures
   * @param seed of the noise
   */
  public record Settings(List<String> prompts, int steps, double guidance, int size, long seed) {}

  @Override
  public boolean isEmpty() {
    return settings.prompts().isEmpty();
  }

  @Override
  public String ending() {
    return "png";
  }

  @Override
  public List<Picture> make() {
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

  /** Writes one row of pictures. */
  @Override
  public void write(List<Picture> pictures, Path file) {
    PicturePng.write(file, new PictureGrid(settings.prompts(), List.of("")).render(List.of(pictures)), Map.of());
  }

  /** Writes the base's pictures above the adapters'. */
  @Override
  public void writeBeforeAfter(List<Picture> before, List<Picture> after, Path file) {
    PictureGrid grid = new PictureGrid(settings.prompts(), List.of("before", "after"));
    PicturePng.write(file, grid.render(List.of(before, after)), Map.of());
  }
}
