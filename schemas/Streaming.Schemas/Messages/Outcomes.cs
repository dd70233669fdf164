namespace Streaming.Schemas.Outcomes;

public sealed partial record CommandAccepted : IOutcome;
public sealed partial record CommandRejected : IOutcome;
