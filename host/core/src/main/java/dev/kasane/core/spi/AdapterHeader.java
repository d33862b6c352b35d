package dev.kasane.core.spi;

import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.Map;

/**
 * What an adapter file says without its tensors' values.
 *
 * @param file the file, beside which others may lie
 * @param shapes shapes by key, in the file's order
 * @param metadata its metadata
 */
public record AdapterHeader(Path file, Map<String, Shape> shapes, Map<String, String> metadata) {}
