from coding.main import SERVICE

SERVICE.main()
