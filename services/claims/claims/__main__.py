from claims.main import SERVICE

SERVICE.main()
