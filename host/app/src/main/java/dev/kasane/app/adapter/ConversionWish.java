package dev.kasane.app.adapter;

import dev.kasane.core.tensor.ElementType;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What is to be converted, and how.
 *
 * @param from the file or folder to read
 * @param to the file or folder to write
 * @param storage one of {@link ElementType#PRECISIONS}; nothing keeps the file's own
 * @param repair whether mangled keys are repaired first
 * @param base the base that the file was made for; nothing reads it off the file
 */
public record ConversionWish(
    Path from, Path to, Optional<ElementType> storage, boolean repair, Optional<AdapterBase> base) {}
