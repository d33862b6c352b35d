package dev.kasane.core.pickle.values;

/**
 * A run of bytes in a checkpoint that one or several tensors share.
 *
 * @param key the storage's name within its file
 * @param byteOffset where the tensors' share begins in the storage; 0 but for views in old files
 * @param byteLength bytes from there that tensors may use
 */
public record StorageLocation(String key, long byteOffset, long byteLength) {}
