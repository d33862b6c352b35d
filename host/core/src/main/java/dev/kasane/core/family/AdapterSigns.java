package dev.kasane.core.family;

import ai.djl.ndarray.types.Shape;
import dev.kasane.core.spi.ModuleFacts;
import java.util.List;
import java.util.Map;

/**
 * What tells by an adapter file's header for which base it was made.
 *
 * @param tensors shapes by name, in the file's order
 * @param modules what the methods know of its modules, by their names in the file
 * @param words the shapes of its learned words
 */
public record AdapterSigns(Map<String, Shape> tensors, Map<String, ModuleFacts> modules, List<Shape> words) {}
