package dev.jtangents.cli;

/** What a command does once its arguments are set. */
interface Command {
    /**
     * Does it.
     *
     * @throws dev.jtangents.tensor.InputException when what the user gave cannot be used
     */
    void run(Streams streams);
}
