package dev.jtangents.layers;

/** Hears how a training goes on. */
@FunctionalInterface
public interface TrainingListener {
    /** Called on the training's own thread before the first step and after each. */
    void after(TrainingStep step);
}
