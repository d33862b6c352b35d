package dev.kasane.core.spi;

import ai.djl.ndarray.NDArray;
import java.util.Map;

/**
 * What a file says about one layer, free of any file's key grammar.
 *
 * @param path the layer's dotted path in the base model, community names
 * @param tensors parameter name relative to the layer ({@code lora_down.weight}) → tensor
 * @param constants scalars such as {@code alpha}; absent when the file has none
 */
public record AdapterModule(String path, Map<String, NDArray> tensors, Map<String, Double> constants) {}
