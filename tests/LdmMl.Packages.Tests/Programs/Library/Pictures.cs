namespace Pictures;

public static class Drawing
{
    public static void Draw(string file) => Journey.Run(file);

    public static void Open(string file) => Journey.Open(file);
}
