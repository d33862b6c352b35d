package dev.kasane.diffusion.data;

import dev.kasane.diffusion.picture.PictureSize;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A readable picture of the data set.
 *
 * @param index its place in the data set; what batches name it by
 * @param file its path
 * @param name its path below the data set's folder, with {@code /} on every platform
 * @param contentHash SHA-256 of the file's bytes in hexadecimal
 * @param size its upright size in pixels
 * @param repeats how often it is shown in an epoch, at least 1
 * @param regularisation whether it belongs to the prior-preservation pictures, which show the class without
 *     the style
 * @param caption what its caption source says; nothing if there is none
 */
public record DatasetPicture(
    int index,
    Path file,
    String name,
    String contentHash,
    PictureSize size,
    int repeats,
    boolean regularisation,
    Optional<String> caption) {}
