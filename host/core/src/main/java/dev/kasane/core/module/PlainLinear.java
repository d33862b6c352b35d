package dev.kasane.core.module;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.spi.LowRank;
import java.util.List;

/**
 * A linear layer with its adapters as the tensors that its output follows from: x·weightᵀ + bias, plus the products
 * of every update, in order.
 *
 * @param weight (out, in)
 * @param bias (out) or null
 * @param updates what adapters add
 */
public record PlainLinear(NDArray weight, NDArray bias, List<LowRank> updates) {}
