package dev.kasane.core.pickle.machine;

import dev.kasane.core.pickle.values.StorageLocation;
import dev.kasane.core.safetensors.DType;
import java.util.Optional;

/**
 * A storage as a pickle mentions it.
 *
 * @param location where its bytes are
 * @param dtype element type; nothing where the storage is untyped and each tensor says its own
 */
public record TypedStorage(StorageLocation location, Optional<DType> dtype) {}
