package dev.kasane.core.spi;

import java.util.List;
import java.util.Map;

/**
 * The neutral form of an adapter file: what every {@link AdapterFormat} reads into and writes from.
 *
 * @param components layers by component ({@code unet}, {@code text_encoder}), in the file's order
 * @param unmatched keys of the file that fit no layer of the base, each with the reason
 * @param metadata the file's own metadata
 */
public record AdapterModel(
    Map<String, List<AdapterModule>> components,
    List<UnmatchedKey> unmatched,
    Map<String, String> metadata) {}
