package dev.kasane.diffusion.data;

import dev.kasane.core.UserException;
import dev.kasane.core.files.ContentHash;
import dev.kasane.core.files.FileNames;
import dev.kasane.diffusion.data.caption.MetadataCaptions;
import dev.kasane.diffusion.data.caption.SidecarCaptions;
import dev.kasane.diffusion.picture.PictureSize;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** One search through the folders of a data set. */
final class DatasetScan {
  private final DatasetOptions options;
  private final Predicate<String> alreadyDecoded;
  private final SidecarCaptions sidecars;
  private final List<DatasetPicture> pictures = new ArrayList<>();
  private final List<PictureDataset.Unreadable> unreadable = new ArrayList<>();
  private final List<String> orphans = new ArrayList<>();

  DatasetScan(DatasetOptions options, Predicate<String> alreadyDecoded) {
    this.options = options;
    this.alreadyDecoded = alreadyDecoded;
    this.sidecars = new SidecarCaptions(options.captionExtensions());
  }

  void folder(Path root, boolean regularisation) {
    PictureFolder folder = PictureFolder.walk(root);
    Map<Path, MetadataCaptions> metadata = metadata(folder);
    for (PictureFolder.FoundPicture found : folder.pictures()) {
      // A broken caption stops the scan: to leave its picture out would be to lose data in silence.
      Optional<String> caption = caption(found, metadata);
      try {
        pictures.add(picture(found, caption, regularisation));
      } catch (UserException e) {
        unreadable.add(new PictureDataset.Unreadable(found.file(), e.getMessage()));
      }
    }
    findOrphans(folder, metadata);
  }

  PictureDataset result() {
    return new PictureDataset(pictures, unreadable, orphans, options);
  }

  private DatasetPicture picture(
      PictureFolder.FoundPicture found, Optional<String> caption, boolean regularisation) {
    PictureSize size = options.reader().size(found.file());
    String hash = ContentHash.of(found.file());
    if (!alreadyDecoded.test(hash)) {
      options.reader().read(found.file());
    }
    return new DatasetPicture(pictures.size(), found.file(), found.name(), hash, size, found.repeats(),
        regularisation, caption);
  }

  /** The file beside the picture comes first, being the most particular; then metadata, then folder words. */
  private Optional<String> caption(PictureFolder.FoundPicture found, Map<Path, MetadataCaptions> metadata) {
    Optional<String> caption = sidecars.find(found.file());
    Path folder = found.file().getParent();
    while (caption.isEmpty() && folder != null) {
      if (metadata.containsKey(folder)) {
        caption = metadata.get(folder).find(found.file());
      }
      folder = folder.getParent();
    }
    return caption.isPresent() || !options.folderWordsAsCaptions() ? caption : found.folderWords();
  }

  private static Map<Path, MetadataCaptions> metadata(PictureFolder folder) {
    Map<Path, MetadataCaptions> metadata = new HashMap<>();
    for (Path other : folder.others()) {
      if (other.getFileName().toString().equals(MetadataCaptions.FILE_NAME)) {
        metadata.put(other.getParent(), new MetadataCaptions(other.getParent()));
      }
    }
    return metadata;
  }

  private void findOrphans(PictureFolder folder, Map<Path, MetadataCaptions> metadata) {
    Set<Path> stems = new HashSet<>();
    for (PictureFolder.FoundPicture found : folder.pictures()) {
      stems.add(found.file().resolveSibling(FileNames.stem(found.file())));
    }
    for (Path other : folder.others()) {
      boolean caption = options.captionExtensions().contains(FileNames.extension(other));
      if (caption && !stems.contains(other.resolveSibling(FileNames.stem(other)))) {
        orphans.add(FileNames.below(folder.root(), other));
      }
    }
    metadata.forEach((where, captions) -> captions.pictures().stream()
        .filter(picture -> !Files.exists(picture)).sorted()
        .forEach(picture -> orphans.add(picture + " (named in " + MetadataCaptions.FILE_NAME + ")")));
  }
}
