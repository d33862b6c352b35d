/** What {@code kasane doctor} finds out: the engine, the CPU path that was chosen, the GPU and its kernels. */
package dev.kasane.app.doctor;
