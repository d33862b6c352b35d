package dev.kasane.app.image;

import dev.kasane.diffusion.picture.Picture;
import dev.kasane.diffusion.picture.PictureGrid;
import dev.kasane.diffusion.picture.PicturePng;
import dev.kasane.diffusion.pipeline.ImageModel;
import dev.kasane.diffusion.pipeline.PictureRequest;
import dev.kasane.diffusion.pipeline.Sampler;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Draws one picture after the other and writes each as soon as it is done. */
public final class PictureRun {
  private static final int WHITE = 0xffffff;

  private final List<PictureRequest> requests;
  private final int picturesPerPrompt;
  private final PictureFiles files;
  private final PictureText text;

  /** Told how a run goes on. */
  public interface Listener {
    /**
     * A step has been done.
     *
     * @param picture index of the picture
     * @param step steps done of this picture
     * @param steps all steps of this picture
     */
    void stepped(int picture, int step, int steps);

    /** A file has been written. */
    void written(Path file);
  }

  /**
   * @param requests what to draw, prompt by prompt
   * @param picturesPerPrompt how many requests share a prompt
   * @param files where to
   * @param text what the pictures say about themselves
   */
  public PictureRun(
      List<PictureRequest> requests, int picturesPerPrompt, PictureFiles files, PictureText text) {
    this.requests = List.copyOf(requests);
    this.picturesPerPrompt = picturesPerPrompt;
    this.files = files;
    this.text = text;
  }

  /**
   * Draws and writes everything.
   *
   * @param model the base with its adapters
   * @param withGrid whether to write a grid of all pictures too
   * @param listener told of steps and files
   * @throws dev.kasane.core.UserException when a file cannot be written
   */
  public void draw(ImageModel model, boolean withGrid, Listener listener) {
    Sampler sampler = new Sampler(model);
    List<Picture> kept = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      int index = i;
      PictureRequest request = requests.get(i);
      Picture picture =
          sampler.draw(request, (step, steps) -> listener.stepped(index, step, steps));
      write(files.next(), picture, text.of(request), listener);
      if (withGrid) {
        kept.add(picture);
      }
    }
    if (withGrid) {
      String all = requests.stream().map(text::of).collect(Collectors.joining("\n\n"));
      write(files.grid(), grid(kept), all, listener);
    }
  }

  private static void write(Path file, Picture picture, String text, Listener listener) {
    PicturePng.write(file, picture, Map.of(PictureText.KEYWORD, text));
    listener.written(file);
  }

  /** A row a prompt and a column a seed; the pictures of a single prompt make a square. */
  private Picture grid(List<Picture> pictures) {
    if (pictures.size() > picturesPerPrompt) {
      List<String> seeds = requests.subList(0, picturesPerPrompt).stream()
          .map(request -> "seed " + request.seed()).toList();
      List<String> prompts = new ArrayList<>();
      for (int i = 0; i < requests.size(); i += picturesPerPrompt) {
        prompts.add(requests.get(i).prompt());
      }
      return new PictureGrid(seeds, prompts).render(rows(pictures, picturesPerPrompt));
    }
    int columns = (int) Math.ceil(Math.sqrt(pictures.size()));
    return new PictureGrid(List.of(), List.of()).render(rows(pictures, columns));
  }

  private static List<List<Picture>> rows(List<Picture> pictures, int columns) {
    Picture first = pictures.get(0);
    List<Picture> filled = new ArrayList<>(pictures);
    while (filled.size() % columns != 0) {
      filled.add(Picture.filled(first.width(), first.height(), WHITE));
    }
    List<List<Picture>> rows = new ArrayList<>();
    for (int i = 0; i < filled.size(); i += columns) {
      rows.add(filled.subList(i, i + columns));
    }
    return rows;
  }
}
